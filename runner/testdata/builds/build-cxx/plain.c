int from_c(int class)
{
	return class + 1;
}
