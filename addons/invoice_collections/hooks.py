def post_init_hook(env):
    """Give every company that exists already its policy and its own copy of the cadence."""
    env["res.company"].with_context(active_test=False).search([])._collection_setup()
