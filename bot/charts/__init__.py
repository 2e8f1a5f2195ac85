"""Pictures of counts over days: what they show (`chart`), drawing (`draw`) in a process of its own."""
