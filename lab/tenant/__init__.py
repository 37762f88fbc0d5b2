"""The tenant of the lab: a token endpoint and Microsoft Graph over HTTPS on loopback.

State lives in `lab.world`; this package only turns it into the bytes Microsoft's services would send.
"""
