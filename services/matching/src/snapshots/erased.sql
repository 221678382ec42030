SELECT member FROM kindred.erased_people WHERE tenant = $1
