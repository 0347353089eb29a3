"""What is installed: found, put in order, checked for conflicts and frozen."""
