DELETE FROM kindred.checkpoints WHERE context = $1
