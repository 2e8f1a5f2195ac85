"""/quantri: what operators see and do in chat."""
