SELECT partition, sequence, running FROM partition_heads WHERE partition = ANY ($1)
