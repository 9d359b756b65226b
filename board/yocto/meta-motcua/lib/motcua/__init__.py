# Which of these modules may a recipe name in ${@…}? (addpylib in conf/layer.conf.)
BBIMPORTS = ["npm", "models", "slots", "tree"]
