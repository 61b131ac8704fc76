from . import catalogue, downloads
