"""The files an administrator would bring from a server: written from the world, in the product's own formats.

| kind | what writes it on a real server |
| --- | --- |
| collection | a collector script, run there |
| configuration | Get-ADSyncServerConfiguration -Path |
| policy | the wizard: Exported-SynchronizationPolicy-*.JSON |
| csexport | csexport.exe NAME FILE /f:x |
"""

from __future__ import annotations
