"""What mends an error: its button, and who may press it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mend:
    """What mends an error."""

    label: str
    """Of the button, translated."""
    run: str
    """The method of the service that takes the orders and returns an action."""
    model: str = "lengow.order"
    """What has to be changed for it, and how: that must be allowed."""
    operation: str = "write"

    def may(self, env):
        """Whether the user may do it."""
        return env[self.model].has_access(self.operation)

    def hint(self, env):
        """Say who may do it.

        :rtype: str
        """
        groups = env["ir.model.access"].group_names_with_access(
            self.model, self.operation
        )
        return env._(
            "%(mend)s: ask somebody with the rights %(groups)s.",
            mend=self.label,
            groups=", ".join(groups),
        )
