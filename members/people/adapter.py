from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Where allauth asks us; grown by the sign-in work."""
