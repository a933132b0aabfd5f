"""How the house says no."""


class Refused(Exception):
    """A deed that the rules do not allow, said in a sentence for the person who asked.

    Actions raise it; forms show it beside the fields, which keep what was typed.
    """
