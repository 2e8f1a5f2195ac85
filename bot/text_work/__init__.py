"""Language work on strangers' texts, in a process that can be ended when a text takes too long."""
