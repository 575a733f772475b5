#include "shelf.h"

#include <iostream>
#include <stdexcept>

extern "C" int from_c(int);

int main()
{
	try {
		shelf().at("not there");
	} catch (const std::out_of_range &) {
		std::cout << "built as C++ on " << shelf().size() << " shelves" << std::endl;
	}
	return from_c(shelf().at("status"));
}
