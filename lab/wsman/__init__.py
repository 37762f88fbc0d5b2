"""The wire of a sync server: WS-Man, PSRP framing, message encryption and authentication as WinRM answers them.

An unchanged PSRP client talks to `lab.wsman.server.SyncServerListener`; what its pipelines mean is the business of the
`Endpoints` given to it (`lab.powershell.seam`).
"""
