"""The border: client files are read strictly, mapped, checked, set aside where faulty, and reconciled."""
