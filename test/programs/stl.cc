// SPDX-License-Identifier: Apache-2.0
//
// The C++ library: containers, algorithms, strings, streams, closures, virtual calls.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iomanip>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace
{

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual std::string name() const = 0;
};

struct Square final : Shape {
    double side;
    explicit Square(double s) : side(s)
    {
    }
    double
    area() const override
    {
        return side * side;
    }
    std::string
    name() const override
    {
        return "square";
    }
};

struct Circle final : Shape {
    double radius;
    explicit Circle(double r) : radius(r)
    {
    }
    double
    area() const override
    {
        return 3.14159265358979 * radius * radius;
    }
    std::string
    name() const override
    {
        return "circle";
    }
};

void
words()
{
    std::istringstream text(
        "the quick brown fox jumps over the lazy dog and the fox rests");
    std::map<std::string, int> counts;
    for (std::string word; text >> word;) {
        counts[word]++;
    }
    std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto &a, const auto &b) { return a.second > b.second; });
    for (std::size_t i = 0; i < 3; i++) {
        std::cout << sorted[i].first << '=' << sorted[i].second << ' ';
    }
    std::cout << "of " << counts.size() << '\n';
}

void
numbers()
{
    std::mt19937 generator(42);
    std::vector<std::uint32_t> values(100000);
    std::generate(values.begin(), values.end(), std::ref(generator));
    std::sort(values.begin(), values.end());
    std::cout << "sorted " << std::is_sorted(values.begin(), values.end()) << ", median "
              << values[values.size() / 2] << ", distinct "
              << std::set<std::uint32_t>(values.begin(), values.end()).size() << '\n';

    std::unordered_map<std::uint32_t, std::uint64_t> sums;
    for (auto value : values) {
        sums[value % 97] += value;
    }
    std::uint64_t total = 0;
    for (const auto &[key, sum] : sums) {
        total += sum;
    }
    std::cout << "buckets " << sums.size() << ", total "
              << (total ==
                  std::accumulate(values.begin(), values.end(), std::uint64_t{0}))
              << '\n';
}

void
shapes()
{
    std::list<std::unique_ptr<Shape>> all;
    all.push_back(std::make_unique<Square>(3));
    all.push_back(std::make_unique<Circle>(2));
    for (const auto &shape : all) {
        std::cout << shape->name() << ' ' << std::fixed << std::setprecision(4)
                  << shape->area() << '\n';
    }
    std::function<int(int)> add = [count = all.size()](int x) { return x + (int)count; };
    std::cout << "closure " << add(40) << '\n';
}

struct Close {
    void
    operator()(std::FILE *file) const
    {
        std::fclose(file);
    }
};
using File = std::unique_ptr<std::FILE, Close>;

bool
file()
{
    std::ostringstream text;
    text << "from C++ " << 1.5 << '\n';
    File out(std::fopen("/w/out.txt", "w"));
    if (!out || std::fputs(text.str().c_str(), out.get()) < 0) {
        return false;
    }
    out.reset();
    char word[8] = {};
    double number = 0;
    File back(std::fopen("/w/out.txt", "r"));
    return back && std::fscanf(back.get(), "from %7s %lf", word, &number) == 2 &&
           std::string(word) == "C++" && number == 1.5;
}

} // namespace

int
main()
{
    words();
    numbers();
    shapes();
    std::cout << "file " << file() << '\n';
    return 0;
}
