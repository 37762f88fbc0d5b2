"""Cmdlets of the ADSync module and functions of AADConnector.psm1, as far as a reader or the runbook uses them."""

from __future__ import annotations

from lab.powershell.adsync.api_version import API_VERSION
from lab.powershell.adsync.connector_writing import CONNECTOR_WRITING
from lab.powershell.adsync.connectors import CONNECTORS
from lab.powershell.adsync.rule_writing import RULE_WRITING
from lab.powershell.adsync.rules import RULES
from lab.powershell.adsync.runs import RUNS
from lab.powershell.adsync.scheduler import SCHEDULER
from lab.powershell.adsync.setting_writing import SETTING_WRITING
from lab.powershell.adsync.settings import ENTRA_CREDENTIAL, SETTINGS
from lab.powershell.adsync.spaces import SPACES

ADSYNC = (
    *(*SCHEDULER, *API_VERSION, *RULES, *CONNECTORS, *RUNS, *SPACES, *SETTINGS),
    *(*RULE_WRITING, *CONNECTOR_WRITING, *SETTING_WRITING),
)
"""Commands of every build; `ENTRA_CREDENTIAL` comes with 2.5.3.0."""

__all__ = ["ADSYNC", "ENTRA_CREDENTIAL"]
