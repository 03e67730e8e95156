"""Writes what is made from the declarations: each action's action.yml, page and schema, and the table of actions."""
