"""Generated incidents with recorded changes: which one did it, or did none?"""
