"""A stand-in for Windows PowerShell 5.1 behind the lab's PSRP endpoints: cmdlets with bound parameters, no language."""
