"""Cmdlets of Windows PowerShell 5.1 itself."""

from __future__ import annotations

from lab.powershell.core.date import GET_DATE
from lab.powershell.core.events import GET_WIN_EVENT
from lab.powershell.core.hash import GET_FILE_HASH
from lab.powershell.core.hosting import (
    GET_COMMAND,
    IMPORT_MODULE,
    INVOKE_EXPRESSION,
    OUT_DEFAULT,
    OUT_STRING,
)
from lab.powershell.core.items import GET_ITEM, GET_ITEM_PROPERTY, GET_ITEM_PROPERTY_VALUE, TEST_PATH
from lab.powershell.core.json import CONVERT_TO_JSON
from lab.powershell.core.measure import MEASURE_OBJECT
from lab.powershell.core.select import SELECT_OBJECT
from lab.powershell.core.services import GET_SERVICE
from lab.powershell.core.sort import SORT_OBJECT
from lab.powershell.core.where import WHERE_OBJECT

CORE = (
    CONVERT_TO_JSON,
    GET_COMMAND,
    GET_DATE,
    GET_FILE_HASH,
    GET_ITEM,
    GET_ITEM_PROPERTY,
    GET_ITEM_PROPERTY_VALUE,
    GET_SERVICE,
    GET_WIN_EVENT,
    IMPORT_MODULE,
    INVOKE_EXPRESSION,
    MEASURE_OBJECT,
    OUT_DEFAULT,
    OUT_STRING,
    SELECT_OBJECT,
    SORT_OBJECT,
    TEST_PATH,
    WHERE_OBJECT,
)
"""Every core cmdlet the lab has."""

ALIASES = {
    "?": "Where-Object",
    "gcm": "Get-Command",
    "gi": "Get-Item",
    "gp": "Get-ItemProperty",
    "gpv": "Get-ItemPropertyValue",
    "gsv": "Get-Service",
    "iex": "Invoke-Expression",
    "ipmo": "Import-Module",
    "measure": "Measure-Object",
    "select": "Select-Object",
    "sort": "Sort-Object",
    "where": "Where-Object",
}
"""Aliases that Windows PowerShell defines for them."""
