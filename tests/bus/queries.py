"""Whether what dashboard and alerts ask for is what a real Prometheus has scraped: queries.py URL DASHBOARD RULES

Every query is run, with every host meant, and must be one that Prometheus takes. Every metric that it names must be
there, but for those that only something that goes wrong brings about.
"""

import json
import re
import sys
import urllib.parse
import urllib.request

URL, DASHBOARD, RULES = sys.argv[1:]
METRIC = re.compile(r"\b(?:nanotune|process)_[a-z_]+\b")


def asked(query):
    url = URL + "/api/v1/query?" + urllib.parse.urlencode({"query": query})
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        sys.exit("%s: %s" % (query, error.read().decode()))


def queries():
    with open(DASHBOARD) as file:
        dashboard = json.load(file)
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$host", ".*")
    with open(RULES) as file:
        for expression in re.findall(r"^ +expr: (.*)$", file.read(), re.MULTILINE):
            yield "an alert", expression


found = list(queries())
if len(found) < 20:
    sys.exit("only %d queries were found" % len(found))
names = set()
for where, query in found:
    asked(query)
    names.update(METRIC.findall(query))
missing = [name for name in sorted(names) if not asked(name)]
if missing:
    sys.exit("nobody exposes: " + ", ".join(missing))
print("%d queries of %d metrics" % (len(found), len(names)))
