"""Cmdlets of Windows PowerShell 5.1 itself."""

from __future__ import annotations

from lab.powershell.core.date import GET_DATE
from lab.powershell.core.event_writing import EVENT_WRITING
from lab.powershell.core.events import GET_WIN_EVENT
from lab.powershell.core.formatting import FORMATTING
from lab.powershell.core.hash import GET_FILE_HASH
from lab.powershell.core.hosting import (
    GET_COMMAND,
    IMPORT_MODULE,
    INVOKE_EXPRESSION,
    OUT_DEFAULT,
    OUT_NULL,
    OUT_STRING,
)
from lab.powershell.core.item_writing import ITEM_WRITING
from lab.powershell.core.items import GET_ITEM, GET_ITEM_PROPERTY, GET_ITEM_PROPERTY_VALUE, TEST_PATH
from lab.powershell.core.json import CONVERT_TO_JSON
from lab.powershell.core.machine import MACHINE
from lab.powershell.core.measure import MEASURE_OBJECT
from lab.powershell.core.select import SELECT_OBJECT
from lab.powershell.core.service_writing import SERVICE_WRITING
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
    OUT_NULL,
    OUT_STRING,
    SELECT_OBJECT,
    SORT_OBJECT,
    TEST_PATH,
    WHERE_OBJECT,
    *(*FORMATTING, *ITEM_WRITING, *SERVICE_WRITING, *EVENT_WRITING, *MACHINE),
)
"""Every core cmdlet the lab has."""

ALIASES = {
    "?": "Where-Object",
    "fl": "Format-List",
    "ft": "Format-Table",
    "gc": "Get-Content",
    "gcm": "Get-Command",
    "gi": "Get-Item",
    "gp": "Get-ItemProperty",
    "gpv": "Get-ItemPropertyValue",
    "gsv": "Get-Service",
    "gtz": "Get-TimeZone",
    "iex": "Invoke-Expression",
    "ipmo": "Import-Module",
    "measure": "Measure-Object",
    "rp": "Remove-ItemProperty",
    "sasv": "Start-Service",
    "sc": "Set-Content",
    "select": "Select-Object",
    "sort": "Sort-Object",
    "sp": "Set-ItemProperty",
    "spsv": "Stop-Service",
    "where": "Where-Object",
}
"""Aliases that Windows PowerShell defines for them."""
