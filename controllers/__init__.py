from . import access_log, catalogue, downloads, robots
