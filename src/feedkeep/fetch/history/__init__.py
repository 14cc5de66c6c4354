"""The history of a blog beyond the window of its feed: for each way to it a planner, and what a walk remembers."""
