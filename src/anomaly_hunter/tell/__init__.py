"""What people see: reports and sinks."""
