"""What all forecasters share: the contract, the history, the intervals, the laws."""
