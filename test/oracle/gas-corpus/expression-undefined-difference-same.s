	.word ext - ext + 3
