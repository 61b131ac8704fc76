"""The relay point that a package goes to, where the buyer chose one."""


def relay_of(package):
    """Return the relay point of a package; None if it goes to an address.

    :param lengow_api.Package package: one
    :rtype: lengow_api.Relay | None
    """
    relays = (tracking.relay for tracking in package.trackings)
    return next((relay for relay in relays if relay and relay.id), None)


def relay_ref(package):
    """Return the number of the relay point of a package, empty without one.

    :rtype: str
    """
    relay = relay_of(package)
    return relay.id if relay else ""
