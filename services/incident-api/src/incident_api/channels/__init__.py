"""Ways to reach people: how they do, what may not be used, and what operators ask of them."""
