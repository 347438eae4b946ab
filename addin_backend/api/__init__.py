"""The HTTP side: blueprints, problem-details errors, limits, logs. Thin shells around the use-cases."""
