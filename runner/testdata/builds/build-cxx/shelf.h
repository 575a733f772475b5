#pragma once

#include <map>
#include <string>

const std::map<std::string, int> &shelf();
