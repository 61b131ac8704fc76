"""What is done when the addon goes."""


def uninstall_hook(env):
    """Delete the files of background tasks: nobody could read them, nor delete them.

    :param Environment env: of the database
    """
    env["ir.attachment"].search([("res_model", "=", "lengow.task")]).unlink()
