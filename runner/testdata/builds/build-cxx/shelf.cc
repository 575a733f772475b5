#include "shelf.h"

const std::map<std::string, int> &shelf()
{
	static const std::map<std::string, int> all{{"status", 40}, {"other", 2}};
	return all;
}
