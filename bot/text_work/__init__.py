"""Language work on texts from outside, in a process that can be ended when a text takes too long."""
