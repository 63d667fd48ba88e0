"""The life of a policy version: what each step asks for, and which version governs when."""
