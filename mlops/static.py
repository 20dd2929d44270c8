"""Which files of the pages' packages are served: the minified ones, of the many variants that they ship."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.rtl.*",
        "bootstrap-*",
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.esm*",
        "echarts.common*",
        "echarts.simple*",
        "echarts.js*",
        "echarts.esm.js*",
        "echarts.esm.mjs*",
        "extension",
        "package.json",
        "swagger-ui-es-*",
        "swagger-ui-standalone-*",
        "swagger-ui.js*",
        "swagger-initializer.js",
        "absolute-path.js",
        "index.css",
        "index.html",
        "index.js",
        "log.*.txt",
        "oauth2-redirect.*",
    ]
