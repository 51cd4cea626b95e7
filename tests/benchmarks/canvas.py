"""placeholder until the canvas stands"""
