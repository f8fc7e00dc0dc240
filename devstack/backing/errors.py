"""What a person starting the stack is told when it cannot start."""


class StackError(Exception):
    """One clear sentence with the way out; shown as it is, without a traceback."""
