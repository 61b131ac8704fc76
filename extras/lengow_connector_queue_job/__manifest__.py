{
    "name": "Lengow Connector: Job Queue",
    "summary": "Imports, sends and follows in jobs of OCA's queue, on many servers",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "Lengow Connector contributors",
    "depends": ["lengow_connector", "queue_job"],
    "data": [
        "data/queue_job_channel.xml",
        "data/queue_job_function.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
