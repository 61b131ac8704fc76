{
    "name": "Lengow Connector: Example of an Integration",
    "summary": "Changes what the connector writes, by each of its hooks",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "Lengow Connector contributors",
    "depends": ["lengow_connector"],
    "installable": True,
}
