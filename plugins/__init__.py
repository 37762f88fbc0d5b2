"""How a run behaves: gates, verdict, evidence."""
