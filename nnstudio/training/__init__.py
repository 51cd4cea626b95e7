"""What a network can be trained with: optimizers, schedules of the learning rate, and initializations, as declarations.

Light: no torch. The window makes forms and curves of them, the engine what torch has, an exported script its text.
"""
