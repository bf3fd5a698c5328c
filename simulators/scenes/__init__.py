"""A folder of portraits and a script → people who walk through an entrance, and for every frame the truth of who is where."""
