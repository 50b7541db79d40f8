"""What is allowed: pure rules without a clock, without I/O, without a framework."""
