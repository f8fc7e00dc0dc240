"""What Tocsin's services say to one another: envelope, events, topics.

Depends on pydantic alone and on nothing else of Tocsin's.
"""
